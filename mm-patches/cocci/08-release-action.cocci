/// devres: run an action early, and forget it
///
/// Who undoes before its device goes what the device would undo, must not have it undone twice.
// From 5.3 on kernels have this. (requirement C1)
// has-any: drivers/base/devres.c devm_release_action
// files: drivers/base/devres.c include/linux/device.h

@function@
declarer name EXPORT_SYMBOL_GPL;
@@
 EXPORT_SYMBOL_GPL(devm_remove_action);
+/**
+ * devm_release_action() - run an action now, and not when the device goes
+ * @dev: whose it is
+ * @action: as it was added
+ * @data: as it was added
+ *
+ * Warns of an action that was not added.
+ */
+void devm_release_action(struct device *dev, void (*action)(void *), void *data)
+{
+	struct action_devres wanted = {
+		.action = action,
+		.data = data,
+	};
+
+	WARN_ON(devres_release(dev, devm_action_release, devm_action_match, &wanted));
+}
+EXPORT_SYMBOL_GPL(devm_release_action);

@prototype@
@@
+void devm_release_action(struct device *dev, void (*action)(void *), void *data);
 static inline int devm_add_action_or_reset(...) { ... }
