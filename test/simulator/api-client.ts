import https from "node:https";
import type { SimulatedNode } from "../../simulator/index.js";

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The JSON body, or undefined. */
  readonly json: { data?: unknown; message?: string; errors?: Record<string, string>; total?: number } | undefined;
}

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  /** The authority to trust; without it any certificate is. */
  readonly ca?: string;
}

/** One request to a simulated node; `path` is without `/api2/json` unless it begins with `/api2`. */
export function ask(node: SimulatedNode, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { headers = {}, params = {}, contentType, ca } = options;
  const form = new URLSearchParams(params).toString();
  const inQuery = method === "GET" || method === "DELETE";
  const url = `${path.startsWith("/api2") ? "" : "/api2/json"}${path}${inQuery && form ? `?${form}` : ""}`;
  const body = options.body ?? (inQuery ? undefined : form);
  const entity =
    body === undefined
      ? {}
      : {
          "Content-Type": contentType ?? "application/x-www-form-urlencoded",
          "Content-Length": Buffer.byteLength(body),
        };
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca, servername: "localhost" };
    const request = https.request(
      {
        host: "127.0.0.1",
        port: node.port,
        method,
        path: url,
        headers: { ...headers, ...entity },
        agent: false,
        ...trust,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
          const json = isJson ? (JSON.parse(text) as Answer["json"]) : undefined;
          resolve({
            status: response.statusCode ?? 0,
            reason: response.statusMessage ?? "",
            headers: response.headers,
            text,
            json,
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
