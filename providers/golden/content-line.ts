/** A keyed hash has 32 digits; releases before the key have written 24 of one without. */
const line = /^<!-- pulumi-proxmox-cluster content=([0-9a-f]{24}|[0-9a-f]{32})( provisioning)? -->$/;

/** What the notes of a version tell beside the user's own text and the owner's mark. */
interface Content {
  readonly description: string;
  readonly content: string | undefined;
  /** Provisioning has begun: what an interrupted build has left cannot be continued. */
  readonly provisioning: boolean;
}

/** The description with the version's content as its last line; the owner's mark comes after it. */
export const withContent = (description: string | undefined, content: string, provisioning = false): string =>
  `${description ? `${description}\n` : ""}<!-- pulumi-proxmox-cluster content=${content}${provisioning ? " provisioning" : ""} -->`;

/** Splits a description without its mark. */
export function readContent(description: string): Content {
  const lines = description.split("\n");
  const match = line.exec(lines.at(-1) ?? "");
  if (!match) return { description, content: undefined, provisioning: false };
  return { description: lines.slice(0, -1).join("\n"), content: match[1], provisioning: match[2] !== undefined };
}
