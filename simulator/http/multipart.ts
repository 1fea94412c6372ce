import type { Upload } from "../call.js";
import type { RawParams } from "../verify.js";

/** The parts of an upload. */
interface Multipart {
  readonly params: RawParams;
  readonly upload: Upload;
}

/** Parts must come in this order, the file last (AnyEvent.pm, and the recorded uploads). */
const order = ["content", "checksum-algorithm", "checksum"];

/** Reads a multipart/form-data body; undefined when it is none that Proxmox takes. */
export function decodeMultipart(contentType: string, body: Buffer): Multipart | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType);
  if (!boundary) return undefined;
  const mark = `--${boundary[1] ?? boundary[2] ?? ""}`;
  const params: RawParams = {};
  let next = 0;
  for (const part of split(body, mark)) {
    const end = part.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const head = part.subarray(0, end).toString("utf8");
    const content = part.subarray(end + 4);
    const name = /\bname="([^"]*)"/.exec(head)?.[1] ?? "";
    const filename = /\bfilename="([^"]*)"/.exec(head)?.[1];
    if (filename !== undefined) return name === "filename" ? { params, upload: { filename, content } } : undefined;
    const at = order.indexOf(name, next);
    if (at < 0) return undefined;
    next = at + 1;
    params[name] = content.toString("utf8");
  }
  return undefined;
}

function split(body: Buffer, mark: string): Buffer[] {
  const parts: Buffer[] = [];
  let start = body.indexOf(mark);
  while (start >= 0) {
    const from = start + mark.length + 2;
    const end = body.indexOf(`\r\n${mark}`, from);
    if (end < 0) break;
    parts.push(body.subarray(from, end));
    start = end + 2;
  }
  return parts;
}
