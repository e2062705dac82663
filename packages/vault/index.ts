export { type PublicVaultKey, type Sealer, sealer, sealerFromFile } from './sealer.ts'
export { sealedKeyId } from './sealed.ts'
