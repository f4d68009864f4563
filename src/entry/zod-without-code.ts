import { z } from "zod";

/*
 * zod writes a program for each object schema when it first meets one, and asks which browser this is to find out whether it may. Most of our
 * schemas check a few objects: that costs more than it saves, and nothing here needs code made from text. Imported before any schema is made.
 */
z.config({ jitless: true });
