/** One file of many: each after a line with its name, which a person reads and a program splits by. */
export function bundleText(files: readonly { readonly name: string; readonly text: string }[]): string {
  return files.map(({ name, text }) => `===== ${name} =====\n${text.trimEnd()}\n`).join('\n');
}

/** `spandrel-nas-20251126-104207.txt`, in UTC. */
export function bundleName(machine: string, at: Date): string {
  const time = at.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `spandrel-${machine.replace(/[^\w.-]/g, '_')}-${time}.txt`;
}
