import type { WebFile } from "./storage.js";

/** What sshd of a node knows, and files of the node that are on no storage. */
export interface NodeSsh {
  /** In OpenSSH's formats. */
  hostKey: { private: string; public: string };
  /** Lines of root's authorized_keys. */
  authorizedKeys: string[];
  /** By absolute path. */
  files: Record<string, NodeFile>;
  /** When these were written last, in seconds of the node's clock, where that is known. */
  times?: Record<string, number>;
  /** Directories that were made, beside those that every node has. */
  directories: string[];
}

export interface NodeFile {
  /** Base64. */
  content: string;
  mode: number;
  /** A downloaded file for whose content a few bytes stand. */
  web?: WebFile;
}
