// A piece of a longer list.
#pragma once

#include <vector>

namespace homing {

enum class More { no, yes };

template <class T>
struct Page {
  std::vector<T> items;
  More more = More::no;
};

}  // namespace homing
