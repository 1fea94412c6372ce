/** Lists are separated by commas, semicolons, white space or NUL (split_list in PVE/Tools.pm). */
export function splitList(text: string): string[] {
  return text.split(/[,;\s\0]+/).filter((part) => part !== "");
}
