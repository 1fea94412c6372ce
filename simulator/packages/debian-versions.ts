/** Order of two characters in a version: `~` before the end of the text, letters before all others. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return /[a-z]/i.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

function compareParts(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== "" || right !== "") {
    const [one = "", other = ""] = [/^\D*/.exec(left)?.[0], /^\D*/.exec(right)?.[0]];
    for (let at = 0; at < Math.max(one.length, other.length); at++) {
      const difference = weight(one[at]) - weight(other[at]);
      if (difference !== 0) return difference;
    }
    [left, right] = [left.slice(one.length), right.slice(other.length)];
    const [digits = "", others = ""] = [/^\d*/.exec(left)?.[0], /^\d*/.exec(right)?.[0]];
    const difference = Number(digits) - Number(others);
    if (difference !== 0) return difference;
    [left, right] = [left.slice(digits.length), right.slice(others.length)];
  }
  return 0;
}

/** Which version is newer (deb-version(7)): negative when the first one is older. */
export function compareVersions(a: string, b: string): number {
  const split = (version: string): [number, string, string] => {
    const [, epoch = "0", rest = ""] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
    const dash = rest.lastIndexOf("-");
    return dash < 0 ? [Number(epoch), rest, ""] : [Number(epoch), rest.slice(0, dash), rest.slice(dash + 1)];
  };
  const [one, other] = [split(a), split(b)];
  return one[0] - other[0] || compareParts(one[1], other[1]) || compareParts(one[2], other[2]);
}
