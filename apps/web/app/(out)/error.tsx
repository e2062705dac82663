'use client'

import { PageError } from '../../features/shell/PageError.tsx'

export default PageError
