export interface Config {
  readonly port: number;
  readonly databaseUrl: string;
  readonly voucherKey: string;
  readonly mailEndpoint: string;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set; see .env.example`);
  return value;
}

export function loadConfig(): Config {
  return {
    port: Number(process.env["PORT"] ?? "3000"),
    databaseUrl: required("DATABASE_URL"),
    voucherKey: required("VOUCHER_SIGNING_KEY"),
    mailEndpoint: process.env["MAIL_ENDPOINT"] ?? "http://localhost:8025/send",
  };
}
