// @ts-check
/** Runs in the page's own world, only where capture is on: tells of file inputs that are in no document and of files
 * that come from file handles. It reads nothing and changes no result. */
(() => {
  const told = "creditline:input";
  const dispatch = EventTarget.prototype.dispatchEvent;
  const apply = Reflect.apply;
  const Mouse = MouseEvent, Carrier = DataTransfer, FileClass = File;

  /** @param {HTMLInputElement} input */
  function tell(input) {
    apply(dispatch, window, [new Mouse(told, { relatedTarget: input })]);
  }

  /** @param {any} owner @param {string} name @param {(self: any) => void} before */
  function wrap(owner, name, before) {
    const original = owner?.[name];
    if (typeof original !== "function") return;
    const handler = {
      apply(/** @type {any} */ target, /** @type {any} */ self, /** @type {any[]} */ given) {
        try {
          before(self);
        } catch {
          // The page's own call goes on whatever happens here.
        }
        return apply(target, self, given);
      },
    };
    owner[name] = new Proxy(original, handler);
  }

  const notice = (/** @type {any} */ self) => {
    if (self instanceof HTMLInputElement && self.type === "file" && !self.isConnected) tell(self);
  };
  wrap(HTMLElement.prototype, "click", notice);
  wrap(HTMLInputElement.prototype, "showPicker", notice);
  wrap(EventTarget.prototype, "dispatchEvent", notice);

  const handles = /** @type {any} */ (window).FileSystemFileHandle?.prototype;
  const getFile = handles?.getFile;
  if (typeof getFile === "function") {
    handles.getFile = new Proxy(getFile, {
      async apply(target, self, given) {
        const file = await apply(target, self, given);
        try {
          if (file instanceof FileClass) {
            const input = document.createElement("input"), transfer = new Carrier();
            input.type = "file";
            input.dataset.creditlineHandle = "";
            transfer.items.add(file);
            input.files = transfer.files;
            tell(input);
          }
        } catch {
          // As above.
        }
        return file;
      },
    });
  }
})();
