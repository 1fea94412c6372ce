/** How a command on a node ended. */
export interface Ended {
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** The simulator does not know the command: a hole in it, to be counted. */
  readonly unbuilt?: boolean;
  /** Simulated seconds that it takes; Infinity for one that never ends by itself. */
  readonly seconds?: number;
}

/** One thing that was asked over SSH; contents and passwords are not in it. */
export interface SshRecord {
  readonly node: string;
  readonly kind: "exec" | "sftp" | "login" | "timer";
  readonly what: string;
  /** Exit code, or SFTP's status. */
  readonly code: number;
  /** Permissions of a file that this has made. */
  readonly mode?: number;
  /** The simulator does not know the command. */
  readonly unbuilt?: boolean;
}
