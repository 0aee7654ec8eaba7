// Every page. Each module improves something that works without it.
import "./errors.js";
import "./menus.js";
import "./left.js";
import "./once.js";
import "./toasts.js";
