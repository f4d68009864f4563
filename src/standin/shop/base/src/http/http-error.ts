/** An error that the client may see, with the status to answer with. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}

export function notFound(what: string): HttpError {
  return new HttpError(404, `${what} not found`);
}
