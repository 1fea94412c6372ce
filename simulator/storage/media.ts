import type { Medium } from "../world/storage.js";
import type { World } from "../world/world.js";
import { clusterOf, storageOf } from "./sections.js";
import { storageTypes } from "./storage-types.js";

const MiB = 1024 * 1024;

/** qemu-img reads and writes in pieces of this size. */
const PIECE = 2 * MiB;

/** Examples of their kind, as their makers and benchmarks describe them; all values are round. */
export const mediaByName = {
  /** A spinning disk: 180 MiB/s in order; between two streams its heads travel for 8 ms. */
  disk: { bandwidth: 180 * MiB, seek: 8 },
  /** An NVMe disk of a server: 3 GiB/s in all, of which one copy's reads or writes get 500 MiB/s. */
  nvme: { bandwidth: 3072 * MiB, stream: 500 * MiB },
  /** A small Ceph cluster of SSDs behind 10 Gbit/s, for all nodes together. */
  ceph: { bandwidth: 1200 * MiB, stream: 150 * MiB },
} as const satisfies Record<string, Medium>;

/** How many streams are at work on each medium. They are no part of the world: the processes that copy end with it. */
const streams = new WeakMap<World, Map<string, number>>();

/** A copy between volumes that is at work. */
export interface Copying {
  /** Bytes per second that it moves now; undefined where nothing is known of the media. */
  speed(): number | undefined;
  end(): void;
}

/** Lets a copy take part in the bandwidth of the storages that it reads from and writes to, one stream on each. */
export function startCopy(world: World, node: string, from: string, to: string): Copying {
  const cluster = clusterOf(world, node);
  const counts = streams.get(world) ?? new Map<string, number>();
  streams.set(world, counts);
  const used = [from, to].flatMap((id) => {
    const medium = cluster.media?.[id];
    if (!medium) return [];
    const { shared } = storageTypes[storageOf(cluster, id).type];
    return [{ medium, key: `${shared ? world.nodes[node]?.cluster : node}/${id}` }];
  });
  const count = (key: string): number => counts.get(key) ?? 0;
  for (const { key } of used) counts.set(key, count(key) + 1);
  return {
    speed: () =>
      used.length === 0 ? undefined : Math.min(...used.map(({ medium, key }) => share(medium, count(key)))),
    end: () => {
      for (const { key } of used.splice(0)) counts.set(key, count(key) - 1);
    },
  };
}

/** What one of so many streams gets. The next piece is another one's with a probability of 1 - 1/n: then heads travel. */
export function share({ bandwidth, stream = bandwidth, seek = 0 }: Medium, atWork: number): number {
  const seconds = PIECE / bandwidth + (seek / 1000) * (1 - 1 / atWork);
  return Math.min(stream, PIECE / seconds / atWork);
}
