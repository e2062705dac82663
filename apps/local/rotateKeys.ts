import { rotateVaultKeys } from '@errand/vault/open'
import { readConfig } from './config.ts'
import { dataFolder } from './start/dataFolder.ts'

// A new key for what is sealed from the next start on. That start also seals anew what is there.
const { vaultPrivate, vaultPublic } = dataFolder(readConfig().dataDir)
const keys = await rotateVaultKeys({ privateFile: vaultPrivate, publicFile: vaultPublic }, () => new Date())
process.stdout.write(
  `A new key is the current one, of ${keys.length}; the older ones stay, for what was sealed with them. Restart Errand: it seals everything anew.\n`,
)
