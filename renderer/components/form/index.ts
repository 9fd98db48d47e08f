export { ConfirmTyped } from './confirm-typed.tsx';
export { FileField } from './file-field.tsx';
export { FormDialog, type FormState, type ShownCommand } from './form-dialog.tsx';
export { SizeInput } from './size-input.tsx';
export { useSubmit } from './use-submit.ts';
