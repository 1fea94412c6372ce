import { randomBytes } from "node:crypto";

export interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly body: unknown;
  readonly lost?: boolean;
}

/** Infisical's error handler: every error has these keys, whatever it is. */
export const refusal = (status: number, error: string, message: unknown): Answer => ({
  status,
  body: { reqId: `req-${randomBytes(6).toString("hex")}`, statusCode: status, message, error },
});

export const errorNames = {
  401: "Unauthorized",
  403: "PermissionDenied",
  404: "NotFound",
  429: "RateLimitExceeded",
  500: "InternalServerError",
  502: "BadGateway",
} as const;

/** A query or body that does not fit: the message is zod's list of issues, no text. */
export const invalid = (path: string, message: string): Answer =>
  refusal(422, "ValidationFailure", [{ code: "custom", path: [path], message }]);

/** A field of a request, whose form has been looked at; nothing where it is left out. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
