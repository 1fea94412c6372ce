/** Lock files (`/var/lock/qemu-server/lock-100.conf`) and who holds them. */
export class Locks {
  private readonly holders = new Map<string, string>();

  /** Takes the lock unless another holds it. */
  tryTake(file: string, holder: string): boolean {
    const current = this.holders.get(file);
    if (current !== undefined && current !== holder) return false;
    this.holders.set(file, holder);
    return true;
  }

  isHeld(file: string): boolean {
    return this.holders.has(file);
  }

  release(file: string, holder: string): void {
    if (this.holders.get(file) === holder) this.holders.delete(file);
  }

  releaseAll(holder: string): void {
    for (const [file, current] of this.holders) if (current === holder) this.holders.delete(file);
  }
}
