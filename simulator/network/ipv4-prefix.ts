/** The number of an IPv4 address; undefined for anything else. */
function ipv4Number(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The prefix length of a network (`10.0.0.1/24`) that an IPv4 address is in; undefined when it is not. */
export function prefixWith(cidr: string, address: string): number | undefined {
  const [own = "", bits = ""] = cidr.split("/");
  const [left, right, prefix] = [ipv4Number(own), ipv4Number(address), Number(bits)];
  if (left === undefined || right === undefined) return undefined;
  const size = 2 ** (32 - prefix);
  return Math.floor(left / size) === Math.floor(right / size) ? prefix : undefined;
}
