import { z } from "zod";
import { accountName, groupName } from "../access/linux/account-fields.model";
import type { GuestFiles } from "./guest-files";

const sums = z.record(z.string(), z.string());

const recordSchema = z.strictObject({
  /** Form of the record; one without it is of before there were several. */
  v: z.literal(1).optional(),
  /** The guest that it was written in: it goes with every clone and every restored copy. */
  uuid: z.string().optional(),
  /** The creation that it belongs to: what has taken its place goes by the same file. */
  made: z.string().optional(),
  /** Files that were written, and their content. */
  files: sums,
  /** Those of them that somebody else's file gave way to. */
  tookOver: z.array(z.string()).optional(),
  /** Files that were there as they are wanted: somebody else's, and only looked at. */
  seen: sums.optional(),
  /** Accounts that were made: each carries the mark itself. */
  accounts: z.array(accountName()).optional(),
  /** What each of them was given, or was about to be: a run that failed may have granted what no state knows. */
  granted: z.record(accountName(), z.object({ groups: z.array(groupName()), keys: z.array(z.string()) })).optional(),
  scripts: sums,
  projects: sums,
});

/**
 * What a resource has made in a guest, kept in the guest: a run that was killed cannot forget it, and a guest that was made
 * anew has none. Files and what they held, scripts and projects and what they were run with, all as checksums.
 */
export type GuestRecord = z.infer<typeof recordSchema>;

/** What is kept under this name: names are whatever somebody writes, `constructor` too. */
export const kept = <T>(all: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;

/** Whose record it is. */
export interface RecordOwner {
  readonly mark: string;
  /** Of the guest. */
  readonly uuid: string;
}

export const recordFolder = "/var/lib/pulumi-proxmox";
const fileOf = (mark: string): string => `${recordFolder}/${mark}.json`;

/** A record that came with a clone is none of this guest: what it names was made by another resource, in another guest. */
export async function readRecord(guest: GuestFiles, { mark, uuid }: RecordOwner): Promise<GuestRecord> {
  const none = { v: 1, uuid, files: {}, scripts: {}, projects: {} } as const;
  const path = fileOf(mark);
  const there = (await guest.at([path])).get(path);
  if (!there) return none;
  if (there.kind !== "file" || there.owner !== "root") throw new Error(`${path} of the guest is no file of root's`);
  const record = parsed(path, await guest.text(path));
  return record.uuid === undefined || record.uuid === uuid ? { ...record, v: 1, uuid } : none;
}

function parsed(path: string, text: string): GuestRecord {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} of the guest is not as it was written, or is of a later version of this package; nothing is done by it`,
      { cause: error },
    );
  }
}

/** In one step, so that a run that is killed leaves the one or the other. */
export async function writeRecord(guest: GuestFiles, mark: string, record: GuestRecord): Promise<void> {
  await guest.mustRun(["mkdir", "-p", "-m", "0700", recordFolder], `making ${recordFolder}`);
  const path = fileOf(mark);
  await guest.shell.write(`${path}.new`, Buffer.from(`${JSON.stringify(record)}\n`));
  await guest.mustRun(["mv", "-T", "--", `${path}.new`, path], `writing ${path}`);
}

export async function removeRecord(guest: GuestFiles, mark: string): Promise<void> {
  await guest.mustRun(["rm", "-f", "--", fileOf(mark)], `removing ${fileOf(mark)}`);
}
