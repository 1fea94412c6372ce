import type { Attributes, SFTPWrapper } from "ssh2";
import type { NodeFile } from "../world/node-ssh.js";
import { FileError, type FileProblem } from "./file-error.js";
import type { Files } from "./machine-files.js";

const OK = 0;
const EOF = 1;
const FAILURE = 4;
const UNSUPPORTED = 8;
const codes: Record<FileProblem, number> = { missing: 2, denied: 3, failure: FAILURE };

const READ = 1;
const WRITE = 2;
const TRUNCATE = 16;
const EXCLUSIVE = 32;

interface Handle {
  readonly path: string;
  file: NodeFile;
  bytes: Buffer;
  readonly writes: boolean;
}

type Note = (what: string, code: number, mode?: number) => void;

/** An SFTP session on a node's files. */
export function serveSftp(sftp: SFTPWrapper, files: Files, note: Note): void {
  const handles = new Map<number, Handle>();
  let next = 0;
  const handleOf = (id: Buffer): Handle => {
    const handle = id.length === 4 ? handles.get(id.readUInt32BE(0)) : undefined;
    if (!handle) throw new FileError("failure", "Invalid handle");
    return handle;
  };
  /** Answers with a status; what was asked is noted, unless it is one of the many parts of a transfer. */
  const status = (request: number, what: string | undefined, work: () => void): void => {
    let code = OK;
    let text = "";
    try {
      work();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      [code, text] = [codes[error.problem], error.message];
    }
    if (what !== undefined) note(what, code);
    sftp.status(request, code, text);
  };

  sftp.on("OPEN", (request, path, flags, attributes) => {
    try {
      const found = files.read(path);
      const writes = (flags & WRITE) !== 0;
      if (files.isDirectory(path)) throw new FileError("failure", "Is a directory");
      if (!writes && !found) throw new FileError("missing", "No such file or directory");
      if (writes && found && flags & EXCLUSIVE) throw new FileError("failure", "File exists");
      const file = found ?? { content: "", mode: (attributes.mode ?? 0o666) & 0o777 };
      const bytes = writes && (!found || flags & TRUNCATE) ? Buffer.alloc(0) : Buffer.from(file.content, "base64");
      if (writes) files.write(path, { ...file, content: bytes.toString("base64") });
      const id = Buffer.alloc(4);
      id.writeUInt32BE(next);
      handles.set(next++, { path, file, bytes, writes });
      note(`${writes ? "write" : flags & READ ? "read" : "open"} ${path}`, OK, found ? undefined : file.mode);
      sftp.handle(request, id);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      note(`open ${path}`, codes[error.problem]);
      sftp.status(request, codes[error.problem], error.message);
    }
  });
  sftp.on("READ", (request, id, offset, length) => {
    const { bytes } = handleOf(id);
    if (offset >= bytes.length) sftp.status(request, EOF);
    else sftp.data(request, bytes.subarray(offset, offset + length));
  });
  sftp.on("WRITE", (request, id, offset, data) =>
    status(request, undefined, () => {
      const handle = handleOf(id);
      if (!handle.writes) throw new FileError("denied", "Permission denied");
      if (offset + data.length > handle.bytes.length)
        handle.bytes = Buffer.concat([handle.bytes, Buffer.alloc(offset + data.length - handle.bytes.length)]);
      data.copy(handle.bytes, offset);
    }),
  );
  sftp.on("FSETSTAT", (request, id, { mode }) =>
    status(request, undefined, () => {
      const handle = handleOf(id);
      if (mode !== undefined) handle.file = { ...handle.file, mode: mode & 0o7777 };
    }),
  );
  sftp.on("CLOSE", (request, id) =>
    status(request, undefined, () => {
      const { path, file, bytes, writes } = handleOf(id);
      handles.delete(id.readUInt32BE(0));
      if (writes) files.write(path, { ...file, content: bytes.toString("base64") });
    }),
  );
  const attributes = (request: number, path: string): void => {
    const found = files.size(path);
    const directory = !found && files.isDirectory(path);
    if (!found && !directory) return sftp.status(request, codes.missing, "No such file or directory");
    const shown = { uid: 0, gid: 0, atime: 0, mtime: 0 };
    const mode = found ? 0o100000 | found.mode : 0o040755;
    sftp.attrs(request, { ...shown, mode, size: found?.bytes ?? 4096 } satisfies Attributes);
  };
  sftp.on("STAT", attributes);
  sftp.on("LSTAT", attributes);
  sftp.on("REMOVE", (request, path) => status(request, `remove ${path}`, () => files.remove(path)));
  sftp.on("MKDIR", (request, path) => status(request, `mkdir ${path}`, () => files.makeDirectory(path)));
  sftp.on("RENAME", (request, from, to) =>
    status(request, `rename ${from} ${to}`, () => {
      // OpenSSH's own extension overwrites, this request never does.
      if (files.size(to) || files.isDirectory(to)) throw new FileError("failure", "Failure");
      files.rename(from, to);
    }),
  );
  for (const event of [
    "FSTAT",
    "OPENDIR",
    "READDIR",
    "RMDIR",
    "REALPATH",
    "READLINK",
    "SETSTAT",
    "SYMLINK",
    "EXTENDED",
  ])
    sftp.on(event, (request: number) => {
      note(event, UNSUPPORTED);
      sftp.status(request, UNSUPPORTED);
    });
}
