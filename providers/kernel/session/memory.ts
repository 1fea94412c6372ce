/**
 * What one plugin process remembers beyond an operation. Each area says what of its own: an area writes the key and
 * `make` once, in a function that the rest of it calls:
 *
 * ```ts
 * const makeLeases = () => new Map<string, Lease>();
 * export const leases = (pve: Pve) => pve.memory("dhcp: leases", makeLeases);
 * ```
 */
export class Memory {
  private readonly kept = new Map<string, { readonly make: () => unknown; readonly value: unknown }>();

  /** What is remembered under this key, made when it is first asked for. */
  of<T>(key: string, make: () => T): T {
    let found = this.kept.get(key);
    if (!found) this.kept.set(key, (found = { make, value: make() }));
    if (found.make !== make)
      throw new Error(
        `two things are remembered as "${key}"; give one another key, and write its make outside of the call`,
      );
    return found.value as T;
  }
}
