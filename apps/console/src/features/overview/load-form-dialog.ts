/** Code of the dialogs of a stream's menu: asked for when the menu opens, so that it is there when an entry is chosen. */
export const loadFormDialog = () => import('./form-dialog.js');
