import type { ComponentType } from 'react';
import type { ObjectRef } from '../stores/route.ts';
import { DiskDrawer } from './disk/index.tsx';
import { ExportDrawer } from './export/index.tsx';
import { JobDrawer } from './job/index.tsx';
import { PeerDrawer } from './peer/index.tsx';
import { UnitDrawer } from './unit/index.tsx';

/** What stands in the drawer for each kind of object: it gets the object's key in its table. */
export const DRAWERS: Readonly<Record<ObjectRef['kind'], ComponentType<{ id: string }>>> = {
  unit: UnitDrawer,
  disk: DiskDrawer,
  peer: PeerDrawer,
  export: ExportDrawer,
  job: JobDrawer,
};
