import type { Image } from './ociImage.ts'
import { runProgram } from './program.ts'

/**
 * Hands an image to the container runtime of a node: to k3s on this machine, or to a shell command that finds the tar at
 * its standard input and its path in `$1`.
 */
export async function importImage({ file }: Pick<Image, 'file'>, command: string | null): Promise<void> {
  if (command === null) {
    await runProgram(['k3s', 'ctr', '--namespace', 'k8s.io', 'images', 'import', file], {
      whenMissing: 'Name the command that imports it: `--import-with "ctr -n k8s.io images import -"`.',
      whenFailed: 'It needs to be root, and k3s to be running.',
    })
    return
  }
  await runProgram(['/bin/sh', '-c', command, 'errand', file], {
    input: file,
    whenMissing: 'Install a shell.',
    whenFailed: 'The command finds the image at its standard input, and the path of it in $1.',
  })
}
