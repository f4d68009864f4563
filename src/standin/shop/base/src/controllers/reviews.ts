import { asyncHandler } from "../http/async-handler.ts";
import { HttpError } from "../http/http-error.ts";
import { sessionOf } from "../http/session.ts";
import { pageOf } from "../lib/paging.ts";
import { prisma } from "../prisma.ts";

interface ReviewAnswer {
  author: string;
  stars: number;
  text: string;
}

export const listReviews = asyncHandler(async (req, res) => {
  const { limit, offset } = pageOf(req.query);
  const reviews = await prisma.review.findMany({
    where: { productId: req.params["productId"] },
    orderBy: { createdAt: "desc" },
    skip: offset,
    take: limit,
  });

  const answer: ReviewAnswer[] = [];
  for (const review of reviews) {
    const author = await prisma.customer.findUnique({ where: { id: review.customerId } });
    answer.push({ author: author?.displayName ?? "a customer", stars: review.stars, text: review.text });
  }
  res.json({ reviews: answer });
});

export const createReview = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { stars, text } = req.body as { stars: number; text: string };
  if (!Number.isInteger(stars) || stars < 1 || stars > 5) throw new HttpError(400, "stars must be 1 to 5");

  const review = await prisma.review.create({
    data: { productId: req.params["productId"] ?? "", customerId, stars, text },
  });
  res.status(201).json({ id: review.id });
});
