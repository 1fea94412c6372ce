import type { Ceph } from "../ceph.js";

/** What a monitor or manager answers to a command. */
export interface Answer {
  /** 0, or a negative errno. */
  readonly rc: number;
  /** Output as JSON. */
  readonly json?: unknown;
  /** Output for people, and what comes for both formats when there is no JSON. */
  readonly plain?: string;
  /** What it says beside the output: PVE shows it for failures and drops it otherwise. */
  readonly status?: string;
  /** It never answers: no quorum, or no manager. */
  readonly hangs?: boolean;
  /** The model does not know the command, or not what was asked of it. */
  readonly unbuilt?: boolean;
}

export type Args = Readonly<Record<string, unknown>>;

interface Command {
  /**
   * Names of the arguments in the order of the command line: `name`, `name?` optional, `name*` all that follow,
   * `name!` a flag. An integer is `name#`.
   */
  readonly args?: string;
  /** The active manager answers it. */
  readonly manager?: boolean;
  /** One of its modules does: without a manager since ever the command is not known (FACT 17). */
  readonly module?: boolean;
  readonly run: (ceph: Ceph, args: Args) => Answer;
}

export type Commands = Readonly<Record<string, Command>>;

export const errno = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  EAGAIN: 11,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ERANGE: 34,
  ENOTEMPTY: 39,
};

const names: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(errno).map(([name, number]) => [number, name]),
);

export const errnoName = (rc: number): string => names[Math.abs(rc)] ?? `E${Math.abs(rc)}`;

export const ok = (status?: string): Answer => ({ rc: 0, ...(status === undefined ? {} : { status }) });
export const shown = (json: unknown, plain?: string, status?: string): Answer => ({
  rc: 0,
  json,
  ...(plain === undefined ? {} : { plain }),
  ...(status === undefined ? {} : { status }),
});
export const refused = (name: keyof typeof errno, status: string): Answer => ({ rc: -errno[name], status });
export const hole: Answer = { rc: -errno.EINVAL, unbuilt: true, status: "not built in the simulator" };

export const text = (args: Args, name: string): string => {
  const value = args[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};
export const optional = (args: Args, name: string): string | undefined =>
  args[name] === undefined ? undefined : text(args, name);
export const flag = (args: Args, name: string): boolean => args[name] === true || args[name] === "true";
export const list = (args: Args, name: string): string[] => {
  const value = args[name];
  return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [text(args, name)];
};

/** `2026-11-28T14:08:25.965880+0000` */
export function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.(\d{3})Z$/, ".$1000+0000");
}

/** The same as the monitors write it: with a `Z`. */
export const zulu = (milliseconds: number): string => stamp(milliseconds).replace("+0000", "Z");
/** And as the file system map does. */
export const colonStamp = (milliseconds: number): string => stamp(milliseconds).replace(/\.(\d+)\+/, ":$1+");

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
