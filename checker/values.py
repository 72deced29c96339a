"""`@dataclass(frozen=True, slots=True)` that costs less, and its `replace`.

The standard decorator compiles six methods for a class when it is imported: for 190 classes that is a third of a
cold start. This one shares them between all classes and compiles a constructor when the first value is made, one
that is three times as fast; `replace` copies slots and does not go through the constructor. Either fills in a value
while it has a class that is open, and closes it at the end: the interpreter is quickest at plain assignments. What a
class looks like from outside is the same: fields, `match`, equality, hash, text, FrozenInstanceError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses
    from dataclasses import MISSING, FrozenInstanceError, fields
    from functools import cache
    from operator import attrgetter

    COPIERS = {}
    """By class the function that makes an open copy of a value, and the setters of its fields; no function for a
    standard class."""
    BECOME = vars(object)["__class__"].__set__

    def dataclass(cls=None, *, frozen=False, slots=False, kw_only=False):
        """The decorator; of other kinds than frozen with slots there are few, and they stay as they are."""
        standard = dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only)
        options = {"init": False, "repr": False, "eq": False, "slots": True, "kw_only": kw_only}

        def define(cls):
            if not (frozen and slots) or hasattr(cls, "__post_init__"):
                return standard(cls)
            made = dataclasses.dataclass(cls, **options)
            made.__init__ = _first_init
            made.__repr__, made.__setattr__, made.__delattr__ = _repr, _refuse, _refuse
            made.__eq__, made.__hash__ = _comparison(made)
            made.__getstate__, made.__setstate__ = _state, _restore
            return made

        return define if cls is None else define(cls)

    def replace(value, /, **changes):
        """A copy of the value with some fields changed."""
        cls = value.__class__
        copy, setters = COPIERS.get(cls) or _copier(cls)
        if copy is None:
            return dataclasses.replace(value, **changes)
        new = copy(value)
        for name, content in changes.items():
            if name not in setters:
                raise TypeError(f"{cls.__qualname__} has no field {name!r}")
            setters[name](new, content)
        new.__class__ = cls
        return new

    def _copier(cls):
        COPIERS[cls] = None, None
        if cls.__setattr__ is _refuse:
            setters = {field.name: getattr(cls, field.name).__set__ for field in fields(cls)}
            names = {"_new": object.__new__, "_open": _opened(cls)}
            lines = [f"    copy.{name} = value.{name}\n" for name in setters]
            exec(f"def copy(value):\n    copy = _new(_open)\n{''.join(lines)}    return copy", names)
            COPIERS[cls] = names["copy"], setters
        return COPIERS[cls]

    @cache
    def _opened(cls):
        """A class of the same layout whose attributes can be set: both methods, or neither is quick."""
        plain = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
        return type(cls.__name__, (cls,), {"__slots__": (), **plain})

    def _first_init(self, *args, **kwargs):
        """Compile the constructor, then be it."""
        cls = next(cls for cls in type(self).__mro__ if "__init__" in vars(cls))
        cls.__init__ = _constructor(cls)
        cls.__init__(self, *args, **kwargs)

    def _constructor(cls):
        """`__init__`, which fills in the value while it is open."""
        parameters = {False: ["self"], True: []}
        lines, names = [], {"_missing": MISSING, "_become": BECOME, "_open": _opened(cls), "_class": cls}
        for field in fields(cls):
            name = field.name
            given, default = name, ""
            if field.default is not MISSING:
                names[f"_default_{name}"], default = field.default, f"=_default_{name}"
            elif field.default_factory is not MISSING:
                names[f"_make_{name}"], default = field.default_factory, "=_missing"
                given = f"_make_{name}() if {name} is _missing else {name}"
            parameters[field.kw_only].append(name + default)
            lines.append(f"    self.{name} = {given}\n")
        if keywords := parameters[True]:
            keywords.insert(0, "*")
        head = ", ".join(parameters[False] + keywords)
        if lines:
            lines = ["    _become(self, _open)\n", *lines, "    self.__class__ = _class"]
        exec(f"def __init__({head}):\n{''.join(lines) or '    pass'}", names)
        return names["__init__"]

    def _comparison(cls):
        """`__eq__` and `__hash__` over the fields that are compared."""
        compared = [field.name for field in fields(cls) if field.compare]
        key = attrgetter(*compared) if compared else type

        def equal(self, other):
            return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

        return equal, lambda self: hash(key(self))

    def _repr(self):
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _state(self):
        """What `copy` and `pickle` take along: slots have no `__dict__`."""
        return [getattr(self, field.name) for field in fields(self)]

    def _restore(self, state):
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)

    def _refuse(self, name, *value):
        raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")
