import { Router } from "express";

import * as carts from "../controllers/carts.ts";
import { couponHandlers } from "../controllers/coupons.ts";
import * as customers from "../controllers/customers.ts";
import * as inventory from "../controllers/inventory.ts";
import * as invoices from "../controllers/invoices.ts";
import * as loyalty from "../controllers/loyalty.ts";
import * as orders from "../controllers/orders.ts";
import * as products from "../controllers/products.ts";
import * as reports from "../controllers/reports.ts";
import * as reviews from "../controllers/reviews.ts";
import * as shipments from "../controllers/shipments.ts";

export function createRoutes(): Router {
  const router = Router();

  router.get("/orders", orders.listOrders);
  router.post("/orders", orders.placeOrder);
  router.get("/orders/:id", orders.getOrder);
  router.get("/orders/:orderId/shipments", shipments.listShipments);

  router.get("/products", products.listProducts);
  router.get("/products/:id", products.getProduct);
  router.put("/products/:id/price", products.changePrice);
  router.get("/products/:productId/reviews", reviews.listReviews);
  router.post("/products/:productId/reviews", reviews.createReview);
  router.get("/categories", products.listCategories);

  router.get("/customers", customers.searchCustomers);
  router.get("/customers/:id", customers.getCustomer);
  router.patch("/customers/me", customers.updateCustomer);
  router.get("/customers/:id/export", customers.exportCustomer);

  router.get("/cart", carts.getCart);
  router.put("/cart/:productId", carts.putCartItem);
  router.delete("/cart/:productId", carts.deleteCartItem);
  router.get("/coupons/:code", couponHandlers.get);
  router.post("/coupons/:code/redeem", couponHandlers.redeem);
  router.post("/coupons/withdraw", couponHandlers.withdraw);

  router.get("/invoices/overdue", invoices.listOverdue);
  router.get("/invoices/:number", invoices.getInvoice);
  router.post("/invoices/paid", invoices.markPaid);

  router.get("/loyalty", loyalty.getBalance);
  router.post("/loyalty", loyalty.joinProgramme);
  router.get("/loyalty/entries", loyalty.searchEntries);
  router.post("/loyalty/redeem", loyalty.redeemPoints);
  router.get("/loyalty/members", loyalty.listMembers);
  router.get("/loyalty/tiers/preview", loyalty.previewTiers);

  router.post("/shipments/carrier-update", shipments.carrierUpdate);
  router.get("/shipments/:id/track", shipments.trackShipment);

  router.get("/stock/low", inventory.listLowStock);
  router.post("/stock/deliveries", inventory.receiveDelivery);
  router.post("/stock/check", inventory.checkAvailability);

  router.get("/reports/revenue", reports.revenueByMonth);
  router.get("/reports/best-sellers", reports.bestSellers);
  router.get("/reports/revenue/:year", reports.customerRevenueCsv);

  return router;
}
