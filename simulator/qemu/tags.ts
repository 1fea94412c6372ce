import { splitList } from "./property-string.js";

/** How the data center treats tags (`tag-style` of datacenter.cfg). */
interface TagStyle {
  readonly ordering?: string;
  readonly caseSensitive?: boolean;
}

/** Tags as the configuration keeps them: lower-cased, sorted, without duplicates, joined with `;`. */
export function uniqueTags(text: string, style: TagStyle = {}): string {
  const fold = (tag: string): string => (style.caseSensitive ? tag : tag.toLowerCase());
  const tags = splitList(text).map(fold);
  if (style.ordering !== "config") tags.sort();
  return [...new Set(tags)].join(";");
}
