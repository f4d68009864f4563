/** The part of Express 4 that this project uses. */
declare module "express" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";

  export interface Request extends IncomingMessage {
    params: Record<string, string>;
    query: Record<string, string | undefined>;
    body: any;
    get(header: string): string | undefined;
  }

  export interface Response extends ServerResponse {
    locals: Record<string, unknown>;
    status(code: number): this;
    json(body: unknown): this;
    send(body: string): this;
    type(contentType: string): this;
  }

  export type NextFunction = (error?: unknown) => void;
  export type RequestHandler = (req: Request, res: Response, next: NextFunction) => unknown;
  export type ErrorRequestHandler = (error: unknown, req: Request, res: Response, next: NextFunction) => unknown;

  export interface Router {
    get(path: string, ...handlers: RequestHandler[]): this;
    post(path: string, ...handlers: RequestHandler[]): this;
    put(path: string, ...handlers: RequestHandler[]): this;
    patch(path: string, ...handlers: RequestHandler[]): this;
    delete(path: string, ...handlers: RequestHandler[]): this;
    use(...handlers: (RequestHandler | ErrorRequestHandler | Router)[]): this;
    use(path: string, ...handlers: (RequestHandler | Router)[]): this;
  }
  export function Router(): Router;

  export interface Application extends Router {
    listen(port: number, ready?: () => void): Server;
  }
  export function json(): RequestHandler;
  export default function express(): Application;
}
