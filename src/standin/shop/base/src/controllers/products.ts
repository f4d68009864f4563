import type { Category } from "@prisma/client";

import { asyncHandler } from "../http/async-handler.ts";
import { notFound } from "../http/http-error.ts";
import { requireStaff } from "../http/session.ts";
import { pageOf } from "../lib/paging.ts";
import { prisma } from "../prisma.ts";

export const listProducts = asyncHandler(async (req, res) => {
  const { limit, offset } = pageOf(req.query);
  const products = await prisma.product.findMany({ orderBy: { name: "asc" }, skip: offset, take: limit });
  const categoryIds = [...new Set(products.map((product) => product.categoryId))];
  const categories = await prisma.category.findMany({ where: { id: { in: categoryIds } } });

  const answer: { id: string; name: string; priceCents: number; category: string }[] = [];
  for (const product of products) {
    const category = categories.find((candidate) => candidate.id === product.categoryId);
    answer.push({
      id: product.id,
      name: product.name,
      priceCents: product.priceCents,
      category: category?.name ?? "other",
    });
  }
  res.json({ products: answer });
});

export const getProduct = asyncHandler(async (req, res) => {
  const product = await prisma.product.findUnique({ where: { id: req.params["id"] } });
  if (product === null) throw notFound("product");
  res.json(product);
});

export const changePrice = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { priceCents } = req.body as { priceCents: number };
  const product = await prisma.product.update({ where: { id: req.params["id"] }, data: { priceCents } });
  res.json(product);
});

export const listCategories = asyncHandler(async (_req, res) => {
  const categories = await prisma.category.findMany({ orderBy: { name: "asc" }, take: 200 });
  const byLetter = new Map<string, Category[]>();
  for (const category of categories) {
    const letter = category.name.charAt(0).toUpperCase();
    const group = byLetter.get(letter);
    if (group === undefined) byLetter.set(letter, [category]);
    else group.push(category);
  }
  res.json(Object.fromEntries(byLetter));
});
