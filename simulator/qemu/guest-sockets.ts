import { isIPv4 } from "node:net";
import type { GuestSocket } from "../world/guest.js";

const title = (width: number): string =>
  `  sl  ${"local_address".padEnd(width)} ${"remote_address".padEnd(width)}st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n`;

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

/** Bytes as the kernel of an x86 shows them: words of four, the last byte first. */
function addressHex(address: string): string {
  const bytes = isIPv4(address) ? address.split(".").map(Number) : bytesOf6(address);
  const words = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.slice(4 * at, 4 * at + 4).reverse());
  return words
    .flat()
    .map((byte) => hex(byte, 2))
    .join("");
}

function bytesOf6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(":"));
  const [front, back] = [groups(head), groups(tail)];
  const all =
    tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill("0"), ...back];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/**
 * `/proc/net/tcp` and its siblings, as get_tcp4_sock, get_tcp6_sock and udp4_format_sock of the kernel print them: undefined
 * for any other file.
 */
export function socketFile(path: string, sockets: readonly GuestSocket[]): string | undefined {
  const [, protocol, six] = /^\/proc\/net\/(tcp|udp)(6?)$/.exec(path) ?? [];
  if (protocol === undefined) return undefined;
  const width = six === "6" ? 37 : 13;
  const rows = sockets
    .filter((one) => one.protocol === protocol && isIPv4(one.address) === (six !== "6"))
    .map((one, at) => {
      const peer = one.peer ?? { address: six === "6" ? "::" : "0.0.0.0", port: 0 };
      const state = one.peer ? "01" : protocol === "tcp" ? "0A" : "07";
      const [local, remote] = [one, peer].map(({ address, port }) => `${addressHex(address)}:${hex(port, 4)}`);
      return `${String(at).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${20000 + at} 1 0000000000000000 100 0 0 10 0\n`;
    });
  return title(width) + rows.join("");
}
