/** One worker process of a node and its log. */
export interface Task {
  upid: string;
  node: string;
  pid: number;
  pstart: number;
  /** Seconds since the epoch. */
  starttime: number;
  type: string;
  id: string;
  /** The user, without a token's name. */
  user: string;
  tokenid?: string;
  log: string[];
  warnings: number;
  endtime?: number;
  /** `OK`, `WARNINGS: n` or the error; absent while it runs. */
  status?: string;
}

/** One line of the cluster log. */
export interface LogEntry {
  uid: number;
  time: number;
  pri: number;
  tag: string;
  pid: number;
  node: string;
  user: string;
  msg: string;
}
