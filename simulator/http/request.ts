import { createHash } from "node:crypto";
import type http from "node:http";
import type { Upload } from "../call.js";
import type { Credentials } from "../authentication.js";
import type { ApiRequest, ApiResponse } from "../dispatch.js";
import type { RawParams, RawValue } from "../verify.js";
import { decodeForm, percentDecode } from "./form.js";
import { decodeMultipart } from "./multipart.js";

export type ReplyFormat = "json" | "extjs";

/** A request that fails before the API sees it: the text is the reason and the body, without a content type. */
export class TransportFailure extends Error {
  readonly response: ApiResponse;

  constructor(status: number, reason: string, text = "") {
    super(reason);
    this.response = { status, reason, text };
  }
}

/** Decodes a request; facts from PVE/APIServer/AnyEvent.pm and the recorded HTTP quirks. */
export function decodeRequest(
  request: http.IncomingMessage,
  body: Buffer,
  limit: number,
): { format: ReplyFormat; api: ApiRequest } {
  const method = request.method ?? "";
  if (!["GET", "POST", "PUT", "DELETE"].includes(method))
    throw new TransportFailure(501, `method '${method}' not available`);
  const [rawPath = "", query = ""] = splitOnce(request.url ?? "/", "?");
  const { format, path } = splitPath(percentDecode(rawPath));
  const upload = body.length > 0 && isUpload(method, path, request.headers["content-type"]);
  if (request.headers["transfer-encoding"] !== undefined)
    throw new TransportFailure(501, "chunked transfer encoding not supported");
  if (body.length > 0 && (method === "GET" || method === "DELETE")) {
    throw new TransportFailure(501, `Unexpected content for method '${method}'`);
  }
  if (body.length > limit && !upload) throw new TransportFailure(501, "for data too large");
  const decoded = upload ? uploadOf(request, body) : { params: bodyParams(request, body) };
  const params: RawParams = { ...decoded.params, ...decodeForm(query) };
  delete params["_dc"];
  return { format, api: { method, path, credentials: credentialsOf(request.headers), ...decoded, params } };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function splitPath(path: string): { format: ReplyFormat; path: string } {
  const match = /^\/api2\/([^/]+)(\/.*)?$/.exec(path.replace(/\/+/g, "/"));
  if (!match) throw new TransportFailure(501, "no such uri");
  const [, format = "", rest = ""] = match;
  const clean = rest.replace(/\/$/, "") || "/";
  if (format !== "json" && format !== "extjs")
    throw new TransportFailure(501, `no formatter for uri ${clean}, ${format}`);
  return { format, path: clean };
}

function isUpload(method: string, path: string, contentType: string | undefined): boolean {
  if (method !== "POST") return false;
  return (contentType ?? "").startsWith("multipart/form-data") || /^\/nodes\/[^/]+\/storage\/[^/]+\/upload$/.test(path);
}

function uploadOf(request: http.IncomingMessage, body: Buffer): { params: RawParams; upload: Upload } {
  const contentType = request.headers["content-type"] ?? "";
  if (!contentType.startsWith("multipart/form-data")) throw new ConnectionClosed();
  const decoded = decodeMultipart(contentType, body);
  if (!decoded) throw new TransportFailure(400, "Bad Request");
  return {
    params: {
      ...decoded.params,
      filename: decoded.upload.filename,
      tmpfilename: temporaryName(decoded.upload.content),
    },
    upload: decoded.upload,
  };
}

/** Where pveproxy keeps an upload until it is handled; its name is a random one of this form. */
function temporaryName(content: Buffer): string {
  return `/var/tmp/pveupload-${createHash("md5").update(content).digest("hex")}`;
}

/** Proxmox drops the connection without an answer. */
class ConnectionClosed extends TransportFailure {
  override readonly response: ApiResponse = {
    status: 0,
    reason: "(connection closed without a response)",
    reset: true,
  };

  constructor() {
    super(0, "(connection closed without a response)");
  }
}

function bodyParams(request: http.IncomingMessage, body: Buffer): RawParams {
  if (body.length === 0) return {};
  const contentType = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  const text = body.toString("utf8");
  if (contentType === "application/x-www-form-urlencoded") return decodeForm(text);
  if (contentType === "application/json") return jsonParams(text);
  throw new TransportFailure(506, `upload 'Content-Type '${request.headers["content-type"] ?? ""}' not implemented`);
}

function jsonParams(text: string): RawParams {
  let value: RawValue;
  try {
    value = JSON.parse(text) as RawValue;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `${perlJsonError(text)} at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.`;
    throw new TransportFailure(500, message, `${message}\n`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 978.";
    throw new TransportFailure(500, message, `${message}\n`);
  }
  return value;
}

/** What Perl's JSON parser says of an object that is cut off; other mistakes get its most general text. */
function perlJsonError(text: string): string {
  const end = `at character offset ${text.length} (before "(end of string)")`;
  return `, or } expected while parsing object/hash, ${end}`;
}

function credentialsOf(headers: http.IncomingHttpHeaders): Credentials {
  const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(headers.cookie ?? "")?.[1];
  const authorization = headers.authorization ?? "";
  const ticket = cookie ?? /^PVEAuthCookie=(.+)$/.exec(authorization)?.[1];
  const token = /^PVEAPIToken[= ](.+)$/.exec(authorization)?.[1];
  const csrf = headers["csrfpreventiontoken"];
  return {
    ...(ticket === undefined ? {} : { ticket: percentDecode(ticket) }),
    ...(token === undefined ? {} : { token: percentDecode(token) }),
    ...(typeof csrf === "string" ? { csrf } : {}),
  };
}
