import { randomUUID } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import type { StreamedBody } from "./sender";

export interface UploadFile {
  /** As it is to be called on the storage; spaces become underscores there. */
  readonly filename: string;
  /** A file to stream, or the content itself. */
  readonly source: { readonly path: string } | { readonly content: string | Buffer };
}

/**
 * Multipart form data. The file part comes last: pveproxy demands the order content, checksum-algorithm, checksum,
 * file (PVE/APIServer/AnyEvent.pm file_upload_multipart; conformance 08).
 */
export function multipart(fields: Readonly<Record<string, string>>, file: UploadFile): StreamedBody {
  const boundary = `----proxmox-${randomUUID()}`;
  const order = ["content", "checksum-algorithm", "checksum"];
  const names = Object.keys(fields).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const parts = names.map(
    (name) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${fields[name]}\r\n`,
  );
  const filename = file.filename.replace(/["\r\n]/g, "_");
  const head = Buffer.from(
    `${parts.join("")}--${boundary}\r\nContent-Disposition: form-data; name="filename"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { source } = file;
  const content = "content" in source ? Buffer.from(source.content) : undefined;
  const size = "path" in source ? statSync(source.path).size : content!.length;
  async function* bytes(): AsyncGenerator<Buffer> {
    yield head;
    if ("path" in source) for await (const chunk of createReadStream(source.path)) yield chunk as Buffer;
    else yield content!;
    yield tail;
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + size + tail.length,
    open: () => Readable.from(bytes(), { objectMode: false }),
  };
}
