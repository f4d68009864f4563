import { invalidRequest } from "./answer.ts";

/** A JSON object a client sent. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one request body by field; a wrong type or a missing field is GitHub's 422. An explicit null is "not given" where that is allowed. */
export class RequestBody {
  readonly #fields: JsonObject;
  readonly #at: string;

  constructor(fields: JsonObject, at = "properties") {
    this.#fields = fields;
    this.#at = at;
  }

  has(field: string): boolean {
    return field in this.#fields;
  }

  /** The raw value, for fields of more than one type. */
  value(field: string): unknown {
    return this.#fields[field];
  }

  text(field: string): string {
    const value = this.optionalText(field);
    if (value === undefined) throw this.#missing(field);
    return value;
  }

  optionalText(field: string): string | undefined {
    const value = this.#given(field);
    if (value !== undefined && typeof value !== "string") throw this.#wrong(field, "a string");
    return value;
  }

  optionalInteger(field: string): number | undefined {
    const value = this.#given(field);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value)) throw this.#wrong(field, "an integer");
    return value;
  }

  integer(field: string): number {
    const value = this.optionalInteger(field);
    if (value === undefined) throw this.#missing(field);
    return value;
  }

  optionalFlag(field: string): boolean | undefined {
    const value = this.#given(field);
    if (value !== undefined && typeof value !== "boolean") throw this.#wrong(field, "a boolean");
    return value;
  }

  optionalChoice<Choice extends string>(field: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.optionalText(field);
    if (value === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw invalidRequest(`For '${this.#at}/${field}', ${value} is not a member of ${JSON.stringify(choices)}.`);
    }
    return choice;
  }

  choice<Choice extends string>(field: string, choices: readonly Choice[]): Choice {
    const value = this.optionalChoice(field, choices);
    if (value === undefined) throw this.#missing(field);
    return value;
  }

  optionalObject(field: string): RequestBody | undefined {
    const value = this.#given(field);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw this.#wrong(field, "an object");
    return new RequestBody(value, `${this.#at}/${field}/properties`);
  }

  optionalTexts(field: string): string[] | undefined {
    const value = this.#given(field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrong(field, "an array");
    return value.map((item: unknown) => {
      if (typeof item !== "string") throw this.#wrong(field, "an array of strings");
      return item;
    });
  }

  /** @param most an item limit of GitHub's schema. */
  optionalObjects(field: string, most?: number): RequestBody[] | undefined {
    const value = this.#given(field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrong(field, "an array");
    if (most !== undefined && value.length > most) {
      throw invalidRequest(`No more than ${String(most)} items are allowed; ${String(value.length)} were supplied.`);
    }
    return value.map((item: unknown, index) => {
      if (!isObject(item)) throw this.#wrong(`${field}/${String(index)}`, "an object");
      return new RequestBody(item, `${this.#at}/${field}/items/${String(index)}/properties`);
    });
  }

  #given(field: string): unknown {
    return this.#fields[field] ?? undefined;
  }

  #missing(field: string): Error {
    return invalidRequest(
      this.#fields[field] === null ? `For '${this.#at}/${field}', nil is not a string.` : `"${field}" wasn't supplied.`,
    );
  }

  #wrong(field: string, expected: string): Error {
    return invalidRequest(`For '${this.#at}/${field}', ${JSON.stringify(this.#fields[field])} is not ${expected}.`);
  }
}
