import { z } from "zod";
import type { GuestFiles } from "./guest-files";

const recordSchema = z.object({
  files: z.record(z.string(), z.string()),
  scripts: z.record(z.string(), z.string()),
  projects: z.record(z.string(), z.string()),
});

/**
 * What a resource has made in a guest, kept in the guest: a run that was killed cannot forget it, and a guest that was made
 * anew has none. Files and what they held, scripts and projects and what they were run with, all as checksums.
 */
export type GuestRecord = z.infer<typeof recordSchema>;

const folder = "/var/lib/pulumi-proxmox";
const fileOf = (mark: string): string => `${folder}/${mark}.json`;

export async function readRecord(guest: GuestFiles, mark: string): Promise<GuestRecord> {
  const path = fileOf(mark);
  const there = (await guest.at([path])).get(path);
  if (!there) return { files: {}, scripts: {}, projects: {} };
  if (there.kind !== "file" || there.owner !== "root") throw new Error(`${path} of the guest is no file of root's`);
  const text = await guest.text(path);
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} of the guest is not as it was written, and nothing is done by it`, { cause: error });
  }
}

/** In one step, so that a run that is killed leaves the one or the other. */
export async function writeRecord(guest: GuestFiles, mark: string, record: GuestRecord): Promise<void> {
  await guest.mustRun(["mkdir", "-p", "-m", "0700", folder], `making ${folder}`);
  const path = fileOf(mark);
  await guest.agent.write(`${path}.new`, Buffer.from(`${JSON.stringify(record)}\n`));
  await guest.mustRun(["mv", "-T", "--", `${path}.new`, path], `writing ${path}`);
}

export async function removeRecord(guest: GuestFiles, mark: string): Promise<void> {
  await guest.mustRun(["rm", "-f", "--", fileOf(mark)], `removing ${fileOf(mark)}`);
}
