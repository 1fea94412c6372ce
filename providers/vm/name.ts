/** Names of guests: DNS labels, joined by dots. */
export const guestName =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
export const nameHint = "a guest's name has letters, digits and hyphens, in parts of at most 63 joined by dots";

/** A valid name as close to the wrong one as possible: `My_VM` -> `my-vm`. */
export function suggestName(wrong: string): string {
  const parts = wrong
    .toLowerCase()
    .split(".")
    .map((part) =>
      part
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, 63)
        .replace(/-+$/, ""),
    )
    .filter((part) => part !== "");
  return parts.join(".") || "vm";
}

/** A name with an ending, cut where the whole would be longer than a DNS label. */
export const withEnding = (name: string, ending: string): string =>
  `${name.slice(0, 63 - ending.length).replace(/[-.]+$/, "")}${ending}`;
