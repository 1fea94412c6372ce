import type { Log, Work } from "./context.js";
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
  const speed = limit ? limit * 1024 : BYTES_PER_SECOND;
  log(progress(0, size));
  const step = Math.max(CHUNK, Math.ceil((size * 0.01) / CHUNK) * CHUNK);
  for (let done = 0; done < data; done += step) {
    yield (Math.min(step, data - done) / speed) * 1000;
    if (done + step < size) log(progress(done + step, size));
  }
  // holes cost little, but a copy of a GiB is never free
  yield ((size - data) / (8 * BYTES_PER_SECOND)) * 1000;
  log(progress(size, size));
  // raw to raw, it looks at the holes too, and reports once more
  if (data > 0 || (volume?.format === "raw" && disks.find(target)?.format === "raw")) log(progress(size, size));
  disks.copy(source, target);
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
  yield* mirrorProgress(disks.find(source)?.size ?? 0, job, log, limit);
  disks.copy(source, target);
}

/** The lines of a mirror job until it is ready; `limit` is in KiB per second. */
export function* mirrorProgress(size: number, job: string, log: Log, limit?: number): Work<void> {
  const line = (done: number, seconds: number, ready: string): string =>
    `mirror-${job}: ${progress(done, size)} in ${seconds}s${ready}`;
  log(line(0, 0, ""));
  yield Math.max(1000, (size / (limit ? limit * 1024 : 2 * BYTES_PER_SECOND)) * 1000);
  log(line(size, 1, ", ready"));
  log("all 'mirror' jobs are ready");
}
