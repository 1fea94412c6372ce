import type { World } from "../../simulator";

/** The content tags of all volumes of a world, by where they are kept and their name there. */
export function volumeTags(world: World): Map<string, string> {
  const found = new Map<string, string>();
  const note = (place: string, stores: Readonly<Record<string, Readonly<Record<string, { tag?: string }>>>>) => {
    for (const [store, volumes] of Object.entries(stores))
      for (const [name, { tag }] of Object.entries(volumes))
        if (tag !== undefined) found.set(`${place}${store} ${name}`, tag);
  };
  for (const [node, { volumes }] of Object.entries(world.nodes)) note(`${node}:`, volumes);
  note("", world.shared);
  return found;
}

/** The content tag of a volume id whose name no other volume has. */
export function tagOf(world: World, volumeId: string): string | undefined {
  const name = volumeId
    .replace(/^[^:]+:/, "")
    .split("/")
    .slice(-2)
    .join("/");
  const last = name.split("/").at(-1) as string;
  for (const [key, tag] of volumeTags(world)) if (key.endsWith(` ${name}`) || key.endsWith(` ${last}`)) return tag;
  return undefined;
}
