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
