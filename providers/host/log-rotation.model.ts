import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { namedBy } from "../kernel/named.model";
import { frequencies } from "./log-rotation/directives.model";
import { logProblem, overlap } from "./log-rotation/log-pattern.model";

const live = { effect: "live" } as const;
const account = (what: string) =>
  z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, `write the name of ${what} of the node, such as root`);
const size = () => z.string().regex(/^[1-9]\d{0,11}[kMG]?$/, "write bytes, or a number with k, M or G, such as 100M");

const createSchema = fields({
  mode: required("Mode of the new log, in octal digits: `0640`.", z.string().regex(/^0?[0-7]{3}$/, "write 0640"), live),
  user: required("Whose it is.", account("an account"), live),
  group: required("Its group.", account("a group"), live),
});

const suSchema = fields({
  user: required("Account that rotates.", account("an account"), live),
  group: required("Its group meanwhile.", account("a group"), live),
});

const logRotationSchema = fields({
  node: required("Name of the node. A change replaces.", z.string().min(1), { effect: "replace" }),
  name: optional(
    "Name of the file in /etc/logrotate.d. Of two files that name one log, the one whose name sorts first has it.",
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "write letters, digits, _ and - only, without dots"),
    { effect: "replace", default: "the resource's name" },
  ),
  logs: required(
    "Logs by their absolute paths; `*`, `?` and `[a-z]` stand for parts of names: `/var/log/app/*.log`. In their order they " +
      "mean the same. Those below system folders (`/etc`, `/usr`, `/var/lib` …) and Proxmox's own list of tasks are refused.",
    z
      .array(
        z.string().superRefine((text, ctx) => {
          const message = logProblem(text);
          if (message !== undefined) ctx.addIssue({ code: "custom", message });
        }),
      )
      .min(1, "name at least one; without any, leave the resource out")
      .superRefine((logs, ctx) =>
        logs.forEach((log, index) => {
          const before = logs.slice(0, index).find((other) => overlap(other, log));
          if (before !== undefined)
            ctx.addIssue({
              code: "custom",
              path: [index],
              message: `is meant by ${before} already; name each log once`,
            });
        }),
      ),
    live,
  ),
  frequency: optional(
    "How often a log is rotated. Debian runs logrotate once a day: `hourly` needs a timer of your own.",
    z.enum(frequencies),
    { ...live, default: "that of /etc/logrotate.conf (weekly)" },
  ),
  rotate: optional(
    "How many rotated ones of a log are kept. Older ones are deleted by logrotate.",
    z.int().min(1, "write 1 or more: with 0 nothing of a log is kept").max(10_000, "write at most 10000"),
    { ...live, default: "that of /etc/logrotate.conf (4)" },
  ),
  size: optional(
    "Rotate at this size, whatever the time: bytes, or with `k`, `M`, `G`. Not beside `frequency`.",
    size(),
    {
      ...live,
      default: "the time decides",
    },
  ),
  minSize: optional("Rotate when it is time, and not below this size.", size(), { ...live, default: "any size" }),
  maxSize: optional("Rotate also before it is time, from this size on.", size(), { ...live, default: "any size" }),
  maxAge: optional(
    "Days after which rotated ones are deleted, when the log is rotated.",
    z.int().min(1, "write 1 or more").max(36_500, "write at most 36500"),
    { ...live, default: "no age" },
  ),
  compress: optional("Compress rotated ones, with gzip.", z.boolean(), {
    ...live,
    default: "that of /etc/logrotate.conf (no)",
  }),
  delayCompress: optional(
    "Compress one at the next rotation only, for a program that still writes into it.",
    z.boolean(),
    {
      ...live,
      default: "that of /etc/logrotate.conf (no)",
    },
  ),
  missingOk: optional("A log that is not there is no error.", z.boolean(), {
    ...live,
    default: "that of /etc/logrotate.conf (no): each run of logrotate ends with an error",
  }),
  ifEmpty: optional("Rotate an empty log too.", z.boolean(), {
    ...live,
    default: "that of /etc/logrotate.conf (yes)",
  }),
  copyTruncate: optional(
    "Copy the log and empty it, for a program that goes on writing into the same file. What it writes in between is lost.",
    z.boolean(),
    { ...live, default: "that of /etc/logrotate.conf (no)" },
  ),
  dateExt: optional("Name rotated ones by the date, not by numbers.", z.boolean(), {
    ...live,
    default: "that of /etc/logrotate.conf (no)",
  }),
  create: optional("The new, empty log in the place of the rotated one. Not beside `copyTruncate`.", createSchema, {
    ...live,
    default: "that of /etc/logrotate.conf (as the old one)",
  }),
  su: optional(
    "Who rotates: needed where others than root may write in the log's folder, as in /var/log/ceph.",
    suSchema,
    { ...live, default: "root" },
  ),
  adopt: optional(
    "Take over the file of this name, which must exist: what it says is replaced. Not one of a package, nor one with scripts. " +
      "Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type LogRotationInputs = z.infer<typeof logRotationSchema>;

export const logRotationModel: Model = {
  schema: logRotationSchema.superRefine(({ size: bySize, frequency, create, copyTruncate }, ctx) => {
    if (typeof bySize === "string" && typeof frequency === "string")
      ctx.addIssue({
        code: "custom",
        path: ["size"],
        message: "with it the time has no say; leave frequency out, or write minSize or maxSize in its place",
      });
    if (copyTruncate === true && create !== undefined)
      ctx.addIssue({
        code: "custom",
        path: ["create"],
        message: "with copyTruncate the log stays, and none is made; leave one of the two out",
      });
  }),
  effects: effectsOf(logRotationSchema),
  sensitive: [],
  defaults: namedBy("name"),
  same(path, wanted, at) {
    if (path === "create.mode") return Number.parseInt(String(wanted), 8) === Number.parseInt(String(at), 8);
    if (path === "logs" && Array.isArray(wanted) && Array.isArray(at))
      return [...(wanted as string[])].sort().join("\n") === [...(at as string[])].sort().join("\n");
    return Object.is(wanted, at);
  },
};
