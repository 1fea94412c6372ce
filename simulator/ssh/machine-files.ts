import { FileError } from "./file-error.js";
import type { NodeFile } from "../world/node-ssh.js";

/** Files of a machine, as SFTP reaches them. */
export interface Files {
  read(file: string): NodeFile | undefined;
  /** Bytes and mode without the content. */
  size(file: string): { bytes: number; mode: number } | undefined;
  write(file: string, content: NodeFile): void;
  remove(file: string): void;
  rename(from: string, to: string): void;
  isDirectory(file: string): boolean;
  makeDirectory(file: string): void;
}

/** As a server of SFTP does it: what was there under the new name is replaced. */
export function renameFile(files: Files, from: string, to: string): void {
  const file = files.read(from);
  if (!file) throw new FileError("missing", "No such file or directory");
  files.write(to, file);
  files.remove(from);
}
