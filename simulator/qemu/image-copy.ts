import type { Log, Work } from "./context.js";
import type { Copying } from "../storage/media.js";
import type { DiskStore } from "./disk-store.js";
import { fixed, renderBytes } from "./size.js";

const CHUNK = 2 * 1024 * 1024;
const BYTES_PER_SECOND = 512 * 1024 * 1024;

function progress(done: number, size: number): string {
  const percent = size === 0 ? 100 : (done / size) * 100;
  return `transferred ${renderBytes(done)} of ${renderBytes(size)} (${fixed(percent, 2)}%)`;
}

/**
 * `qemu-img convert -p`: a line for at least each percent of content; holes are passed over at once, and an image with
 * nothing in it but qcow2 tables is done with one line. `limit` is in KiB per second.
 */
export function* convertImage(disks: DiskStore, source: string, target: string, log: Log, limit?: number): Work<void> {
  const volume = disks.find(source);
  const size = volume?.size ?? 0;
  const data = Math.min(size, volume?.data ?? 0);
  log(progress(0, size));
  const step = Math.max(CHUNK, Math.ceil((size * 0.01) / CHUNK) * CHUNK);
  const copying = disks.startCopy(source, target);
  try {
    for (let done = 0; done < data; done += step) {
      yield (Math.min(step, data - done) / speedOf(copying, BYTES_PER_SECOND, limit)) * 1000;
      if (done + step < size) log(progress(done + step, size));
    }
  } finally {
    copying.end();
  }
  // holes cost little, but a copy of a GiB is never free
  yield ((size - data) / (8 * BYTES_PER_SECOND)) * 1000;
  log(progress(size, size));
  // raw to raw, it looks at the holes too, and reports once more
  if (data > 0 || (volume?.format === "raw" && disks.find(target)?.format === "raw")) log(progress(size, size));
  disks.copy(source, target);
}

/** What the media give, or `unlimited` where the world says nothing of them; never more than the limit that was asked for. */
function speedOf(copying: Copying, unlimited: number, limit: number | undefined): number {
  const asked = limit ? limit * 1024 : undefined;
  const given = copying.speed();
  return given === undefined ? (asked ?? unlimited) : Math.min(given, asked ?? given);
}

/** What qemu-img says when it fills a small volume of a firmware. */
export function firmwareLines(size: number): string[] {
  return [progress(0, size), progress(size, size), progress(size, size)];
}

/** A block job that mirrors a running VM's disk. */
export function* mirrorImage(
  disks: DiskStore,
  source: string,
  target: string,
  job: string,
  log: Log,
  limit?: number,
): Work<void> {
  log(`drive mirror is starting for drive-${job}`);
  const copying = disks.startCopy(source, target);
  try {
    const speed = () => speedOf(copying, 2 * BYTES_PER_SECOND, limit);
    yield* mirrorProgress(disks.find(source)?.size ?? 0, job, log, speed);
  } finally {
    copying.end();
  }
  disks.copy(source, target);
}

/** The lines of a mirror job until it is ready. */
export function* mirrorProgress(
  size: number,
  job: string,
  log: Log,
  speed: () => number = () => 2 * BYTES_PER_SECOND,
): Work<void> {
  const line = (done: number, seconds: number, ready: string): string =>
    `mirror-${job}: ${progress(done, size)} in ${seconds}s${ready}`;
  log(line(0, 0, ""));
  const step = Math.max(CHUNK, Math.ceil(size / 20));
  let took = 0;
  for (let done = 0; done < size; done += step) {
    const wait = (Math.min(step, size - done) / speed()) * 1000;
    took += wait;
    yield wait;
  }
  yield Math.max(0, 1000 - took);
  log(line(size, 1, ", ready"));
  log("all 'mirror' jobs are ready");
}
