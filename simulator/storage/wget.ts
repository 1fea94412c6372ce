import { createHash } from "node:crypto";
import { die } from "../errors.js";
import type { WebFile } from "../world/storage.js";

/** What the web answers to a request, without any connection being opened. */
type WebAnswer =
  | { kind: "file"; file: WebFile }
  | { kind: "missing"; reason: string }
  | { kind: "refused"; address: string }
  | { kind: "unreachable"; address: string }
  | { kind: "unresolved"; host: string }
  | { kind: "untrusted"; host: string };

export type Web = Readonly<Record<string, WebFile>>;

/** Looks an address up among the known ones; another path of a known server is missing, any other server unknown. */
export function askWeb(web: Web, address: string, verify: boolean): WebAnswer {
  if (!URL.canParse(address)) return { kind: "unresolved", host: address.replace(/^https?:\/\/([^/:]*).*$/, "$1") };
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const file = web[address];
  if (file) return file.untrusted && verify ? { kind: "untrusted", host } : { kind: "file", file };
  const sameServer = Object.keys(web).some((known) => URL.canParse(known) && new URL(known).origin === url.origin);
  // The reasons are those of Python's http.server, which served the recorded files, and of common web servers.
  if (sameServer) return { kind: "missing", reason: isLoopback(host) ? "File not found" : "Not Found" };
  if (isLoopback(host)) return { kind: "refused", address: `${host}:${port}` };
  if (/^[\d.]+$/.test(host) || host.includes(":")) return { kind: "unreachable", address: `${host}:${port}` };
  return { kind: "unresolved", host };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The bytes that stand for a file: its own, or a text made of its address for an image of which only the size counts. */
export function bytesOf(file: WebFile, address: string): Buffer {
  return file.content === undefined ? Buffer.from(`${address}\n`) : Buffer.from(file.content, "base64");
}

export function sizeOf(file: WebFile, address: string): number {
  return file.size ?? bytesOf(file, address).length;
}

/** The checksum of what is transferred. */
export function checksumOf(file: WebFile, address: string, algorithm: string): string {
  return file.checksums?.[algorithm] ?? createHash(algorithm).update(bytesOf(file, address)).digest("hex");
}

interface Fetch {
  web: Web;
  url: string;
  verify: boolean;
  /** The file that wget writes. */
  target: string;
  /** Seconds since the epoch. */
  now: number;
  log: (line: string) => void;
}

/** Runs wget: prints what it prints, returns the file or fails as the download task does. */
export function wget({ web, url, verify, target, now, log }: Fetch): WebFile {
  const time = new Date(now * 1000).toISOString().slice(0, 19).replace("T", " ");
  log(`--${time}--  ${url}`);
  const answer = askWeb(web, url, verify);
  const failed = (text: string) => die(`download failed: ${text}`);
  switch (answer.kind) {
    case "unresolved":
      log(`Resolving ${answer.host} (${answer.host})... failed: Temporary failure in name resolution.`);
      throw failed(`wget: unable to resolve host address '${answer.host}'`);
    case "refused":
      throw failed(`Connecting to ${answer.address}... failed: Connection refused.`);
    case "unreachable":
      throw failed(`Connecting to ${answer.address}... failed: No route to host.`);
    case "untrusted":
      log(`Connecting to ${serverOf(url)}... connected.`);
      log(`ERROR: The certificate of '${answer.host}' is not trusted.`);
      throw failed(`ERROR: The certificate of '${answer.host}' doesn't have a known issuer.`);
    case "missing":
      log(`Connecting to ${serverOf(url)}... connected.`);
      log(`HTTP request sent, awaiting response... 404 ${answer.reason}`);
      log(`${time} ERROR 404: ${answer.reason}.`);
      throw failed("exit code 8");
    case "file":
      printTransfer(answer.file, { url, target, time, log });
      return answer.file;
  }
}

function printTransfer(
  file: WebFile,
  { url, target, time, log }: Pick<Fetch, "url" | "target" | "log"> & { time: string },
): void {
  const size = sizeOf(file, url);
  const { hostname } = new URL(url);
  log(`Connecting to ${serverOf(url)}... connected.`);
  if (file.untrusted) {
    log(`WARNING: The certificate of '${hostname}' is not trusted.`);
    log(`WARNING: The certificate of '${hostname}' doesn't have a known issuer.`);
  }
  log("HTTP request sent, awaiting response... 200 OK");
  log(`Length: ${size}${readable(size)} [${mimetypeOf(file, url)}]`);
  log(`Saving to: '${target}'`);
  progress(size, log);
  log(`${time} (100 MB/s) - '${target}' saved [${size}/${size}]`);
}

function serverOf(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}

/** wget's `--progress=dot:giga`: a dot for each MiB, 32 of them in a line. */
function progress(size: number, log: (line: string) => void): void {
  const mebibyte = 1024 * 1024;
  const lines = Math.max(1, Math.ceil(size / (32 * mebibyte)));
  for (let line = 0; line < lines; line++) {
    const dots = Math.min(32, Math.floor(size / mebibyte) - line * 32);
    const groups = [0, 8, 16, 24].map((from) => ".".repeat(Math.max(0, Math.min(8, dots - from))).padEnd(8));
    const percent = line === lines - 1 ? 100 : Math.floor(((line + 1) * 32 * mebibyte * 100) / size);
    const start = `${line * 32 * 1024}K`.padStart(7);
    const rate = line === lines - 1 ? " 100M=0s" : " 100M 0s";
    log(`${start} ${groups.join(" ")}${String(percent).padStart(3)}% ${rate}`);
  }
}

/** wget's short form of a size of 1 KiB or more. */
function readable(size: number): string {
  if (size < 1024) return "";
  let value = size / 1024;
  let unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return ` (${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}${"KMGT".charAt(unit)})`;
}

const mimetypes: Record<string, string> = {
  iso: "application/x-iso9660-image",
  gz: "application/gzip",
  zst: "application/zstd",
  xz: "application/x-xz",
  txt: "text/plain",
  tar: "application/x-tar",
};

function mimetypeOf(file: WebFile, address: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(new URL(address).pathname)?.[1]?.toLowerCase() ?? "";
  return file.mimetype ?? mimetypes[extension] ?? "application/octet-stream";
}

/** `GET /nodes/{node}/query-url-metadata`. */
export function urlMetadata(web: Web, address: string, verify: boolean): Record<string, string | number> {
  const answer = askWeb(web, address, verify);
  if (answer.kind !== "file") throw die(`invalid server response: '${statusLine(answer)}'`);
  const filename = /^[^?]+\/([^?/]*)(?:\?.*)?$/.exec(address)?.[1];
  const size = sizeOf(answer.file, address);
  return {
    ...(filename ? { filename } : {}),
    ...(size > 0 ? { size } : {}),
    mimetype: mimetypeOf(answer.file, address),
  };
}

function statusLine(answer: Exclude<WebAnswer, { kind: "file" }>): string {
  switch (answer.kind) {
    case "missing":
      return `404 ${answer.reason}`;
    case "refused":
      return `500 Can't connect to ${answer.address} (Connection refused)`;
    case "unreachable":
      return `500 Can't connect to ${answer.address} (No route to host)`;
    case "unresolved":
      return `500 Can't connect to ${answer.host}:443 (Temporary failure in name resolution)`;
    case "untrusted":
      return `500 Can't connect to ${answer.host}:443 (certificate verify failed)`;
  }
}
